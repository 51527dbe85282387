"""Jinja2 templates to one TypeScript module, so that the phone renders what the office renders.

The parse is Jinja2's own. Whatever is not on the short list of docs/templates.md is refused with file and line: drift
between the two renderers is a build error, never a wrong page. Inheritance, imports and macro calls are resolved
here, so that nothing is looked up by name at run time but the view's own keys.
"""
