package dev.tokencache.reload;

class RotationsNativeIT extends RotationsIT {}
