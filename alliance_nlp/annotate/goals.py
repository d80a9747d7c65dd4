"""Component ``alliance_goals``: goals sought (`goal_elicit`), stated (`goal_state`) and agreed (`goal_align`).

Bordin's agreement on goals (Bordin 1979): the patient's goals said out loud, said back and confirmed.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("alliance_goals")
>>> doc = nlp("What would you like to be able to do again?")
>>> [(span.label_, span.text) for span in doc.spans["alliance_goals"]]
[('goal_elicit', 'What would you like to be able to do again?')]
"""

from .families import register_family

make_goals = register_family("goals")
