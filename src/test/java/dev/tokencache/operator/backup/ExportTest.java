package dev.tokencache.operator.backup;

import dev.tokencache.cli.Commands;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.Refusal;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.migration.store.PagedLegacyStore;
import dev.tokencache.migration.store.RateLimiter;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ExportTest {

    private static final Header HEADER = Header.of(Instant.ofEpochSecond(1_800_000_000), "tc:", "0-16383", false);

    @TempDir
    Path folder;

    private final VirtualTime time = new VirtualTime();
    private final PagedLegacyStore store = new PagedLegacyStore();
    private final RateLimiter limiter = new RateLimiter(time);
    private final List<Duration> pauses = new ArrayList<>();
    private String slots = HEADER.slots();
    private Path file;

    @BeforeEach
    void fill() {
        file = folder.resolve("backup");
        limiter.limit(40);
        for (String master : List.of("one", "two")) {
            add(master, 25);
        }
    }

    private void add(String master, int tokens) {
        IntStream.range(0, tokens)
                .mapToObj(i -> TokenDraft.of(master + i, time.clock().millis())
                        .named(master + i)
                        .token())
                .forEach(token -> store.add(master, token));
    }

    private void pause(Duration delay) {
        pauses.add(delay);
        time.advance(delay);
    }

    private List<String> run(LegacyStore from, BackupWriter writer) throws IOException {
        return new Export(from, () -> slots, limiter, this::pause).run(writer, (keys, all) -> {});
    }

    private void export() throws IOException {
        try (BackupWriter writer = writer()) {
            run(store, writer);
            writer.finish();
        }
    }

    private BackupWriter writer() throws IOException {
        Optional<BackupReader.Interrupted> found = BackupReader.interrupted(BackupWriter.part(file), Seal.off());
        return found.isPresent()
                ? BackupWriter.resume(file, found.get(), Seal.off())
                : BackupWriter.create(file, HEADER, Seal.off());
    }

    private List<String> subjects() throws IOException {
        List<String> subjects = new ArrayList<>();
        try (BackupReader reader = new BackupReader(file, Seal.off())) {
            for (Optional<Chunk> next = reader.next(); next.isPresent(); next = reader.next()) {
                next.get().tokens().stream()
                        .map(LegacyToken::token)
                        .map(Token::sub)
                        .forEach(subjects::add);
            }
        }
        return subjects;
    }

    @Test
    void shouldExportAllMastersAtTheGivenRate() throws IOException {
        export();

        assertThat(subjects()).doesNotHaveDuplicates().hasSize(50);
        assertThat(pauses.stream().mapToLong(Duration::toMillis).sum()).isBetween(1000L, 1300L);
    }

    @Test
    void shouldContinueAfterAnInterruption() throws IOException {
        store.onScan = pages -> {
            if (pages == 4) {
                throw new IllegalStateException("killed");
            }
        };
        assertThatThrownBy(this::export).hasMessage("killed");
        store.onScan = pages -> {};
        store.scans.clear();

        export();

        assertThat(store.scans).startsWith("two:0").hasSize(3);
        assertThat(subjects()).doesNotHaveDuplicates().hasSize(50);
    }

    @Test
    void shouldWaitForAMasterThatDoesNotReply() throws IOException {
        store.onScan = pages -> {
            if (pages == 1) {
                throw new StoreUnavailableException("made to fail by a test");
            }
        };
        export();
        assertThat(subjects()).hasSize(50);

        store.isDown = true;
        file = folder.resolve("other");
        assertThatThrownBy(this::export)
                .isInstanceOf(ExitCode.Failure.class)
                .hasMessage("Redis does not reply. Run the command again: it continues");
    }

    @Test
    void shouldScanAMasterThatTookOver() throws IOException {
        store.onScan = pages -> {
            if (pages == 6) {
                add("three", 5);
            }
        };

        export();

        assertThat(subjects()).hasSize(55);
    }

    @Test
    void shouldFailIfSlotsMoved() {
        store.onScan = pages -> slots = "0-8191 8192-16383";

        assertThatThrownBy(this::export).hasMessageStartingWith("slots moved during the export");
        assertThat(file).doesNotExist();
    }

    /** A store with one page. */
    private static LegacyStore refusing(int subjects) {
        List<RefusedRecord> refused = IntStream.range(0, subjects)
                .mapToObj(i -> new RefusedRecord("tag" + i, Refusal.UNREADABLE))
                .toList();
        return (LegacyStore) Proxy.newProxyInstance(
                LegacyStore.class.getClassLoader(),
                new Class<?>[] {LegacyStore.class},
                (proxy, method, arguments) -> method.getName().equals("masters")
                        ? Uni.createFrom().item(List.of(new LegacyStore.Master("m", subjects)))
                        : Uni.createFrom()
                                .item(new LegacyStore.Page(
                                        LegacyStore.Page.START, List.of(), List.of(), refused, subjects)));
    }

    @Test
    void shouldReportUnreadableSubjectsUnlessTheKeyIsMissing() throws IOException {
        try (BackupWriter writer = writer()) {
            assertThat(run(refusing(Export.MAX_REFUSED), writer)).hasSize(Export.MAX_REFUSED);
            assertThat(writer.totals().refused()).isEqualTo(Export.MAX_REFUSED);
        }
        file = folder.resolve("other");
        try (BackupWriter writer = writer()) {
            assertThatThrownBy(() -> run(refusing(Export.MAX_REFUSED + 1), writer))
                    .hasMessageContaining("does --config name every tokencache.seal.keys.<kid>?");
        }
    }

    @Test
    void shouldOverwriteNoFile() throws IOException {
        Files.createFile(file);
        CommandLine command = Commands.in(new ExportCommand());
        command.setErr(new PrintWriter(new StringWriter()));

        assertThat(command.execute(file.toString(), "--host", "127.0.0.1:1")).isEqualTo(ExitCode.USAGE.number());
        assertThat(file).isEmptyFile();
    }
}
