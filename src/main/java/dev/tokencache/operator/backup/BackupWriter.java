package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.seal.Seal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Writes a file of which no one can see a half: it has the name with {@code .part} until it is complete. Only its owner can read
 * it. Blocks. Not thread-safe.
 */
final class BackupWriter implements AutoCloseable {

    private final Path file;
    private final FileChannel out;
    private final Seal seal;
    private final Header header;
    private final PartChain chain;
    private final Map<String, String> cursors;
    private Totals totals;

    private BackupWriter(
            Path file,
            FileChannel out,
            Seal seal,
            Header header,
            PartChain chain,
            Map<String, String> cursors,
            Totals totals) {
        this.file = file;
        this.out = out;
        this.seal = seal;
        this.header = header;
        this.chain = chain;
        this.cursors = cursors;
        this.totals = totals;
    }

    static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    static BackupWriter create(Path file, Header header, Seal seal) throws IOException {
        Files.deleteIfExists(part(file));
        FileChannel out = FileChannel.open(
                part(file), Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), onlyForTheOwner());
        BackupWriter writer = new BackupWriter(file, out, seal, header, new PartChain(), new HashMap<>(), Totals.NONE);
        writer.write(PartChain.MAGIC);
        writer.write(new byte[] {PartChain.VERSION});
        writer.write(writer.chain.append(PartChain.HEADER, header.bytes()));
        return writer;
    }

    private static FileAttribute<?>[] onlyForTheOwner() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** Continues a file that {@link BackupReader#interrupted} has read, after its last whole page. */
    static BackupWriter resume(Path file, BackupReader.Interrupted found, Seal seal) throws IOException {
        FileChannel out = FileChannel.open(part(file), StandardOpenOption.WRITE);
        out.truncate(found.length());
        out.position(found.length());
        return new BackupWriter(
                file, out, seal, found.header(), found.chain(), new HashMap<>(found.cursors()), found.totals());
    }

    Header header() {
        return header;
    }

    Totals totals() {
        return totals;
    }

    /** By master, the cursor of its next page. */
    Map<String, String> cursors() {
        return cursors;
    }

    void write(Chunk chunk) throws IOException {
        write(chain.append(PartChain.CHUNK, chain.seal(chunk.bytes(), seal)));
        totals = totals.plus(chunk);
        chunk.position().ifPresent(position -> cursors.put(position.master(), position.cursor()));
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            out.write(left);
        }
    }

    /** Completes the file under its name. Returns its length in bytes. */
    long finish() throws IOException {
        write(chain.append(PartChain.TRAILER, chain.seal(totals.bytes(), seal)));
        out.force(true);
        long length = out.size();
        if (Files.exists(file)) {
            throw ExitCode.NO.failure(file + " exists now; the export is in " + part(file));
        }
        Files.move(part(file), file, StandardCopyOption.ATOMIC_MOVE);
        return length;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
