package dev.tokencache.endtoend;

class TlsClusterNativeIT extends TlsClusterIT {}
