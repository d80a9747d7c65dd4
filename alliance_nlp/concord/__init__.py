"""A note beside the transcript of its visit: said and documented, left out, written and never said.

F1 by weights of other folds on the 42 training and public pairs, and in brackets that of matching by words in common:
said and documented .58 (.42), said and left out .26 (.22), written and not found said .20 (.17); of goals .51 (.45),
.34 (.21) and 0 of 2. On the 8 test pairs, measured once: .49, .21 and .29; of goals .55, .62 and 0 of 1.
`alliance evaluate --concordance` (`--cv`) makes these figures. Which sentence a clause documents is found well; which
clauses and sentences are items is not, for want of coded pairs. Of 4 wrong details of the person 1 is found, without a
false alarm in the 42.
"""
