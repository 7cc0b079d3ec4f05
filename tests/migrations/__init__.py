"""The migration drill: nothing is lost on the way from any earlier state, and the end is as if made fresh."""
