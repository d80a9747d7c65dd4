"""Component ``alliance_bond``: empathy, affirmation, hope, plans to meet again, and what harms trust (`judge`).

Bordin's bond (Bordin 1979): trust and regard between the two.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("alliance_bond")
>>> [(span.label_, span.text) for span in nlp("I'm so sorry you went through that.").spans["alliance_bond"]]
[('empathy', "I'm so sorry you went through that.")]
"""

from .families import register_family

make_bond = register_family("bond")
