"""How fast the product is, beside the limit and a peer: `make bench`. See README.md."""
