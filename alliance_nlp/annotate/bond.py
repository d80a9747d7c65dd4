"""Component ``alliance_bond``: empathy, affirmation, hope, plans to meet again, and what harms trust (`judge`).

Bordin's bond (Bordin 1979): trust and regard between the two.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("alliance_bond")
>>> doc = nlp("I'm so sorry to hear that.")
>>> [(span.label_, span.text) for span in doc.spans["alliance_bond"]]
[('empathy', "I'm so sorry to hear that.")]
"""

from .families import register_family

make_bond = register_family("bond")
