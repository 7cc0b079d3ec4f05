async def test_x(everyone, statements):
    assert everyone["admin"].roles
