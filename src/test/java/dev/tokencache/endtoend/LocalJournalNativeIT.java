package dev.tokencache.endtoend;

class LocalJournalNativeIT extends LocalJournalIT {}
