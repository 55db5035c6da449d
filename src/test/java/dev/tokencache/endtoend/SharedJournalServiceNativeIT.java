package dev.tokencache.endtoend;

class SharedJournalServiceNativeIT extends SharedJournalServiceIT {}
