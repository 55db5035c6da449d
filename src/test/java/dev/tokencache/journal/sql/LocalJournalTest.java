package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.token.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The journal in a file. */
class LocalJournalTest extends JournalContract {

    @TempDir
    Path temporary;

    @Override
    SqlJournal newJournal(int maxEntries) {
        return newJournal(directory(), maxEntries);
    }

    private SqlJournal newJournal(Path directory, int maxEntries) {
        return new SqlJournal(
                Kind.LOCAL,
                new SqliteDatabase(directory),
                maxEntries,
                MAX_TTL,
                Duration.ofMillis(20),
                time,
                events,
                new DaemonThreads(),
                SealSettings.sealingWith("a").required(true).seal());
    }

    private Path directory() {
        return temporary.resolve("some/journal");
    }

    @Override
    void execute(String sql) {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory().resolve("journal.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldMakeItsFilesReadableForTheOwnerOnly() throws IOException {
        save(ours("alice"));
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
        assertThat(Files.getPosixFilePermissions(directory())).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        try (Stream<Path> files = Files.list(directory())) {
            assertThat(files).hasSizeGreaterThan(2).allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                    .as(file.toString())
                    .isEqualTo(owner));
        }
    }

    @Test
    void shouldBeBrokenWhileTheDirectoryIsLocked() {
        JournaledRecord kept = save(ours("alice"));
        SqlJournal second = started(newJournal(PLENTY));
        assertThat(second.status().state()).isEqualTo(State.BROKEN);
        assertThat(second.isEmpty()).isTrue();
        assertThatThrownBy(() -> await(second.save(ours("bob"), null))).isInstanceOf(StoreUnavailableException.class);
        assertThat(find(kept).saved()).isEqualTo(kept);

        journal.close();
        Awaitility.await().atMost(PATIENCE).until(() -> second.status().state() == State.PENDING);
        assertThat(second.isEmpty()).isFalse();
        assertThat(await(second.find(kept.token().id().hash(), null)).saved()).isEqualTo(kept);
    }

    @Test
    void shouldBeBrokenUntilTheDirectoryCanBeUsed() throws IOException {
        Path file = Files.writeString(temporary.resolve("no-directory"), "");
        SqlJournal broken = started(newJournal(file.resolve("journal"), PLENTY));
        assertThat(broken.status().state()).isEqualTo(State.BROKEN);
        assertThatThrownBy(() -> await(broken.save(ours("alice"), null)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageNotContaining(temporary.toString());
        Files.delete(file);
        Awaitility.await().atMost(PATIENCE).until(() -> broken.status().state() == State.EMPTY);
        assertThat(await(broken.save(ours("alice"), null))).isTrue();
    }

    @Test
    void shouldBeBrokenWithAFileOfALaterVersion() {
        save(ours("alice"));
        journal.close();
        execute("pragma user_version = 3");
        assertThat(started(newJournal(PLENTY)).status().state()).isEqualTo(State.BROKEN);
    }

    @Test
    void shouldRecoverWhenWritesSucceedAgain() {
        save(ours("alice"));
        execute("create trigger no_more before insert on journal_entry begin select raise(abort, 'full disk'); end");
        assertThatThrownBy(() -> await(journal.save(ours("bob"), null))).isInstanceOf(StoreUnavailableException.class);
        assertThat(journal.status().state()).isEqualTo(State.BROKEN);
        execute("drop trigger no_more");
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
    }
}
