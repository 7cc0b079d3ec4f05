"""The steps from an empty database to today's. They import nothing from the models, which move on."""
