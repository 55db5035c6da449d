package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.operator.backup.Chunk.Position;
import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Audience;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BackupFileTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final Header HEADER = Header.of(Instant.ofEpochMilli(NOW), "tc:", "0-8191 8192-16383", false);
    private static final Header SEALED = Header.of(Instant.ofEpochMilli(NOW), "tc:", "0-16383", true);
    private static final Seal SEAL = SealSettings.sealingWith("a").seal();

    private static final Chunk FIRST = new Chunk(
            List.of(
                    new LegacyToken(
                            TokenDraft.of("alice", NOW)
                                    .named("ours")
                                    .idleTimeout(600)
                                    .lifetime(60, 6000)
                                    .scope("read")
                                    .aud(new Audience(List.of("a", "b"), false))
                                    .claims("{\"email\":\"alice@mail.example\"}")
                                    .token(),
                            null),
                    new LegacyToken(TokenDraft.of("bob", NOW).named("foreign").token(), "nonce")),
            List.of(
                    new LegacyExpiry.OfSubject(RoutingTag.ofSubject("carol"), NOW - 1),
                    new LegacyExpiry.OfToken(
                            new TokenLocator.ById(TokenDraft.of("dave", NOW)
                                    .named("expired")
                                    .token()
                                    .id()),
                            NOW,
                            NOW + 1000),
                    new LegacyExpiry.OfToken(new TokenLocator.Foreign(TokenDraft.hashOf("string")), NOW - 5, NOW + 5)),
            0,
            Optional.empty());
    private static final Chunk SECOND =
            new Chunk(List.of(), List.of(), 3, Optional.of(new Position("master-1", "1234")));

    @TempDir
    Path folder;

    private Path write(Header header, Seal seal, Chunk... chunks) throws IOException {
        Path file = folder.resolve("backup-" + Files.list(folder).count());
        try (BackupWriter writer = BackupWriter.create(file, header, seal)) {
            for (Chunk chunk : chunks) {
                writer.write(chunk);
            }
            assertThat(file).doesNotExist();
            writer.finish();
        }
        return file;
    }

    private static List<Chunk> read(Path file, Seal seal) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        try (BackupReader reader = new BackupReader(file, seal)) {
            reader.next().ifPresent(chunks::add);
            for (Optional<Chunk> next = reader.next(); next.isPresent(); next = reader.next()) {
                chunks.add(next.get());
            }
        }
        return chunks;
    }

    private AbstractThrowableAssert<?, ?> assertRefused(byte[] content, Seal seal) throws IOException {
        Path file = folder.resolve("changed");
        Files.write(file, content);
        return assertThatThrownBy(() -> read(file, seal)).isInstanceOf(ExitCode.Failure.class);
    }

    @Test
    void shouldReadWhatWasWritten() throws IOException {
        assertThat(read(write(HEADER, Seal.off(), FIRST, SECOND), Seal.off())).containsExactly(FIRST, SECOND);
        assertThat(read(write(SEALED, SEAL, FIRST, SECOND), SEAL)).containsExactly(FIRST, SECOND);
        assertThat(Header.of(HEADER.bytes())).isEqualTo(HEADER);
    }

    @Test
    void shouldSplitLargePages() {
        List<LegacyToken> tokens = IntStream.range(0, 1200)
                .mapToObj(i -> new LegacyToken(TokenDraft.of("user-" + i, NOW).token(), null))
                .toList();

        List<Chunk> chunks = Chunk.of(tokens, FIRST.expiries(), 2, new Position("m", "9"));

        assertThat(chunks).extracting(chunk -> chunk.tokens().size()).containsExactly(500, 500, 200);
        assertThat(chunks).extracting(Chunk::refused).containsExactly(0, 0, 2);
        assertThat(chunks).extracting(chunk -> chunk.position().isPresent()).containsExactly(false, false, true);
        assertThat(chunks.stream().map(chunk -> Chunk.of(chunk.bytes()))).isEqualTo(chunks);
    }

    @Test
    void shouldLetOnlyTheOwnerReadIt() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(write(HEADER, Seal.off(), FIRST))))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldRevealNothingIfSealed() throws IOException {
        // Two bytes alone would also be in one of some hundred sealed files.
        String startOfGzip = "\u001f\u008b\b\0\0\0\0\0";

        assertThat(text(write(HEADER, Seal.off(), FIRST))).contains("key_prefix", startOfGzip);
        assertThat(text(write(SEALED, SEAL, FIRST))).contains("key_prefix").doesNotContain(startOfGzip);
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldRefuseATruncatedFile() throws IOException {
        for (Seal seal : List.of(Seal.off(), SEAL)) {
            byte[] whole = Files.readAllBytes(write(seal == SEAL ? SEALED : HEADER, seal, FIRST, SECOND));
            for (int length = 0; length < whole.length; length++) {
                assertRefused(Arrays.copyOf(whole, length), seal)
                        .hasMessageContaining("truncated")
                        .hasMessageContaining("ends at byte " + length);
            }
        }
    }

    @Test
    void shouldRefuseEachAlteredByte() throws IOException {
        for (Seal seal : List.of(Seal.off(), SEAL)) {
            byte[] whole = Files.readAllBytes(write(seal == SEAL ? SEALED : HEADER, seal, FIRST, SECOND));
            for (int at = 0; at < whole.length; at++) {
                byte[] altered = whole.clone();
                altered[at] ^= 1;
                assertRefused(altered, seal);
            }
            assertRefused(Arrays.copyOf(whole, whole.length + 1), seal).hasMessageContaining("its end");
        }
    }

    /** With new checksums, as an attacker would compute them. */
    @Test
    void shouldRefuseASealedPartOfAnotherPlaceOrWriter() throws IOException {
        PartChain forged = new PartChain();
        byte[] header = forged.append(PartChain.HEADER, SEALED.bytes());
        PartChain elsewhere = new PartChain();
        byte[] moved = elsewhere.seal(FIRST.bytes(), SEAL);

        assertRefused(file(header, forged.copy().append(PartChain.CHUNK, moved)), SEAL)
                .hasMessageContaining("does not verify");
        assertRefused(file(header, forged.copy().append(PartChain.CHUNK, FIRST.bytes())), SEAL)
                .hasMessageContaining("altered");
    }

    private static byte[] file(byte[]... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(PartChain.MAGIC);
        out.write(PartChain.VERSION);
        for (byte[] part : parts) {
            out.write(part);
        }
        return out.toByteArray();
    }

    @Test
    void shouldRefuseMissingAndSwappedParts() throws IOException {
        PartChain chain = new PartChain();
        byte[] header = chain.append(PartChain.HEADER, HEADER.bytes());
        byte[] first = chain.append(PartChain.CHUNK, FIRST.bytes());
        byte[] second = chain.append(PartChain.CHUNK, SECOND.bytes());
        byte[] trailer = chain.append(
                PartChain.TRAILER, Totals.NONE.plus(FIRST).plus(SECOND).bytes());

        assertRefused(file(header, second, first, trailer), Seal.off()).hasMessageContaining("part 2");
        assertRefused(file(header, first, trailer), Seal.off()).hasMessageContaining("part 3");
        assertRefused(file(first, trailer), Seal.off()).hasMessageContaining("part 1");
        assertThat(read(Files.write(folder.resolve("same"), file(header, first, second, trailer)), Seal.off()))
                .hasSize(2);
    }

    @Test
    void shouldRefuseOtherFilesAndVersions() throws IOException {
        byte[] whole = Files.readAllBytes(write(HEADER, Seal.off(), FIRST));
        whole[PartChain.MAGIC.length] = 2;

        assertRefused(whole, Seal.off()).hasMessage("the file has the format version 2: this release reads version 1");
        assertRefused("REDIS0009 and so on".getBytes(StandardCharsets.UTF_8), Seal.off())
                .hasMessage("the file is no export of token-cache");
    }

    @Test
    void shouldNeedTheKeyOfASealedFile() throws IOException {
        byte[] sealed = Files.readAllBytes(write(SEALED, SEAL, FIRST));
        Seal other = new SealSettings(Map.of("b", SealSettings.KEYS.get("b")), Optional.of("b"), false).seal();

        assertRefused(sealed, Seal.off()).hasMessageContaining("sealed with a key that is not in tokencache.seal.keys");
        assertRefused(sealed, other).hasMessageContaining("sealed with a key that is not in tokencache.seal.keys");
        assertThat(read(folder.resolve("changed"), SealSettings.sealingWith("b").seal()))
                .containsExactly(FIRST);
    }

    @Test
    void shouldRefuseAnUnsealedFileIfSealsAreRequired() throws IOException {
        assertRefused(
                        Files.readAllBytes(write(HEADER, Seal.off(), FIRST)),
                        SealSettings.sealingWith("a").required(true).seal())
                .hasMessageContaining("tokencache.seal.required=true");
    }

    @Test
    void shouldContinueAfterTheLastWholePage() throws IOException {
        Path file = folder.resolve("interrupted");
        try (BackupWriter writer = BackupWriter.create(file, SEALED, SEAL)) {
            writer.write(SECOND);
            writer.write(FIRST);
        }
        Path part = BackupWriter.part(file);
        byte[] half = Arrays.copyOf(Files.readAllBytes(part), (int) Files.size(part) - 7);
        Files.write(part, half);

        BackupReader.Interrupted found = BackupReader.interrupted(part, SEAL).orElseThrow();
        assertThat(found.cursors()).containsExactly(Map.entry("master-1", "1234"));
        try (BackupWriter writer = BackupWriter.resume(file, found, SEAL)) {
            writer.write(FIRST);
            writer.finish();
        }

        assertThat(read(file, SEAL)).containsExactly(SECOND, FIRST);
        assertThat(part).doesNotExist();
    }

    @Test
    void shouldNotContinueWhatCannotBeRead() throws IOException {
        Path file = folder.resolve("interrupted");
        BackupWriter.create(file, SEALED, SEAL).close();
        Path part = BackupWriter.part(file);

        assertThat(BackupReader.interrupted(part, SEAL)).isPresent();
        assertThat(BackupReader.interrupted(part, Seal.off())).isEmpty();
        Files.write(part, new byte[] {'T', 'C'});
        assertThat(BackupReader.interrupted(part, SEAL)).isEmpty();
        assertThat(BackupReader.interrupted(folder.resolve("absent"), SEAL)).isEmpty();
    }
}
