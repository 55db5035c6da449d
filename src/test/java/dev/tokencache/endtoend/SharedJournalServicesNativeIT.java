package dev.tokencache.endtoend;

class SharedJournalServicesNativeIT extends SharedJournalServicesIT {}
