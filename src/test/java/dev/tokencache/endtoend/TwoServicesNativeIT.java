package dev.tokencache.endtoend;

class TwoServicesNativeIT extends TwoServicesIT {}
