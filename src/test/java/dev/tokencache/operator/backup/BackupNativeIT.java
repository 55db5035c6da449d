package dev.tokencache.operator.backup;

/** The options and the configuration of the commands are read by reflection. */
class BackupNativeIT extends BackupIT {}
