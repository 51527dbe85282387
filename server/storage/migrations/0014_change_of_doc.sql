-- No statement reads the changes of one record any more, and every signature and edit paid for this index.
DROP INDEX change_of_doc;
