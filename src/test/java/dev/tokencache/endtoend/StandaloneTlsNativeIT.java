package dev.tokencache.endtoend;

class StandaloneTlsNativeIT extends StandaloneTlsIT {}
