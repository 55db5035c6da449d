package dev.tokencache.journal.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a journal in a file, locked by one process at a time. The operating system releases the lock when the
 * process ends, even if it is killed. Only the owner can read the files.
 */
final class LockedDirectory {

    private static final String LOCK = "journal.lock";
    private static final String FILE = "journal.db";

    private final Path directory;
    private @Nullable FileChannel lock;

    LockedDirectory(Path directory) {
        this.directory = directory;
    }

    /** Locks the directory and returns its database file; creates both. Throws if another process has the lock. */
    synchronized Path lock() throws IOException, SQLException {
        Files.createDirectories(directory, permissions("rwx------"));
        if (lock == null) {
            lock = acquire();
        }
        Path file = directory.resolve(FILE);
        if (Files.notExists(file)) {
            // SQLite would create it readable for others. Its write-ahead log gets the same permissions.
            Files.createFile(file, permissions("rw-------"));
        }
        return file;
    }

    private FileChannel acquire() throws IOException, SQLException {
        FileChannel channel = FileChannel.open(
                directory.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                permissions("rw-------"));
        if (isLocked(channel)) {
            return channel;
        }
        channel.close();
        throw new SQLException("tokencache.journal.local.path is used by another process");
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock acquired = channel.tryLock();
            return acquired != null;
        } catch (OverlappingFileLockException byThisProcess) {
            return false;
        }
    }

    private FileAttribute<?>[] permissions(String posix) {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(posix))};
    }

    synchronized void unlock() {
        if (lock == null) {
            return;
        }
        try {
            lock.close();
            lock = null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
