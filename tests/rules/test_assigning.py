"""Who should go to which learning group (LC-1, LC-2)."""

from uuid import UUID

from server.rules.assigning import Open, Proposal, propose

ANN, BOB, CID = (UUID(int=n) for n in (1, 2, 3))
ARTS, LAW = UUID(int=11), UUID(int=12)
NEAR, FAR, LAST = (UUID(int=n) for n in (21, 22, 23))
NONE = frozenset()


def test_the_smallest_group_of_ones_sector_comes_before_a_smaller_one():
    groups = [Open(NEAR, 9, frozenset({ARTS})), Open(LAST, 8, frozenset({ARTS, LAW})), Open(FAR, 0)]

    assert propose([(ANN, frozenset({ARTS}))], groups) == [Proposal(ANN, LAST, ARTS)]


def test_without_a_sector_groups_stay_even_and_ties_go_by_id():
    groups = [Open(FAR, 1), Open(NEAR, 1)]

    assert propose([(ANN, NONE), (BOB, frozenset({LAW})), (CID, NONE)], groups) == [
        Proposal(ANN, NEAR),
        Proposal(BOB, FAR),
        Proposal(CID, NEAR),
    ]


def test_without_groups_nobody_is_placed():
    assert propose([(ANN, NONE)], []) == []
