package dev.tokencache.endtoend;

class GracefulStopNativeIT extends GracefulStopIT {}
