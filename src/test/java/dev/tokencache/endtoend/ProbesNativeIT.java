package dev.tokencache.endtoend;

class ProbesNativeIT extends ProbesIT {}
