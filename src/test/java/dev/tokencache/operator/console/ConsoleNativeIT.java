package dev.tokencache.operator.console;

class ConsoleNativeIT extends ConsoleIT {}
