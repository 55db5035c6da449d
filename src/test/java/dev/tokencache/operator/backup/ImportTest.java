package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.store.PageCopier;
import dev.tokencache.migration.store.TokenCopier;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ImportTest {

    @TempDir
    Path folder;

    private final MutableClock clock = new MutableClock(Instant.ofEpochSecond(1_800_000_000));
    private final InMemoryTokenStore cluster = new InMemoryTokenStore(clock);
    private final List<Duration> pauses = new ArrayList<>();
    private final List<Long> chunks = new ArrayList<>();

    private Import imported() {
        return new Import(
                new PageCopier(new TokenCopier(cluster), expiry -> cluster.expire(expiry.token(), expiry.atMillis())
                        .replaceWithVoid()),
                clock,
                pauses::add);
    }

    private Path file(Chunk... content) throws IOException {
        Path file = folder.resolve("backup-" + Files.list(folder).count());
        try (BackupWriter writer =
                BackupWriter.create(file, Header.of(clock.instant(), "tc:", "", false), Seal.off())) {
            for (Chunk chunk : content) {
                writer.write(chunk);
            }
            writer.finish();
        }
        return file;
    }

    private Counts run(Path file, long done) throws IOException {
        try (BackupReader reader = new BackupReader(file, Seal.off())) {
            return imported().run(reader, done, (tokens, copied) -> chunks.add(copied));
        }
    }

    private static Chunk chunk(List<LegacyExpiry> expiries, LegacyToken... tokens) {
        return new Chunk(List.of(tokens), expiries, 0, Optional.empty());
    }

    private LegacyToken ours(String sub, long seconds) {
        return new LegacyToken(
                TokenDraft.of(sub, clock.millis()).lifetime(seconds, 6000).token(), null);
    }

    private Verdict verdict(LegacyToken token) {
        return cluster.read(token.locator()).await().indefinitely();
    }

    private boolean isActive(LegacyToken token) {
        return verdict(token) instanceof Verdict.Active active && active.token().equals(token.token());
    }

    @Test
    void shouldCopyTokensUnchanged() throws IOException {
        LegacyToken ours = ours("alice", 60);
        LegacyToken foreign =
                new LegacyToken(TokenDraft.of("bob", clock.millis()).token(), "nonce");

        assertThat(run(file(chunk(List.of(), ours), chunk(List.of(), foreign)), 0))
                .isEqualTo(new Counts(2, 2, 0, 0, 0));
        assertThat(isActive(ours)).isTrue();
        assertThat(isActive(foreign)).isTrue();
        assertThat(chunks).containsExactly(1L, 2L);
    }

    @Test
    void shouldSkipTokensThatHaveEndedMeanwhile() throws IOException {
        LegacyToken brief = ours("alice", 60);
        LegacyToken idle = new LegacyToken(
                TokenDraft.of("bob", clock.millis()).idleTimeout(60).token(), null);
        Path file = file(chunk(List.of(), brief, idle, ours("carol", 3000)));
        clock.advance(Duration.ofSeconds(61));

        assertThat(run(file, 0)).isEqualTo(new Counts(3, 1, 0, 2, 0));
        assertThat(verdict(brief)).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldNotRestoreWhatTheFileOrTheClusterHasAsExpired() throws IOException {
        LegacyToken marked = ours("alice", 60);
        LegacyToken expired = ours("bob", 60);
        LegacyToken loggedOut = ours("carol", 60);
        cluster.expireSubject(loggedOut.token().id().tag(), OptionalLong.of(clock.millis()))
                .await()
                .indefinitely();

        run(
                file(chunk(
                        List.of(
                                new LegacyExpiry.OfSubject(RoutingTag.ofSubject("alice"), clock.millis()),
                                new LegacyExpiry.OfToken(expired.locator(), clock.millis(), Long.MAX_VALUE)),
                        marked,
                        expired,
                        loggedOut)),
                0);

        assertThat(List.of(marked, expired, loggedOut)).noneMatch(this::isActive);
    }

    @Test
    void shouldNotOverwriteANewerState() throws IOException {
        LegacyToken token = ours("alice", 60);
        cluster.create(new NewToken(token.token(), null)).await().indefinitely();
        cluster.renew(token.locator(), OptionalLong.of(5000)).await().indefinitely();

        assertThat(run(file(chunk(List.of(), token)), 0)).isEqualTo(new Counts(1, 0, 1, 0, 0));
        assertThat(verdict(token)).isInstanceOfSatisfying(Verdict.Active.class, active -> assertThat(
                        active.token().expiresAt())
                .isEqualTo(clock.millis() / 1000 + 5000));
    }

    /** A token of a chunk that was copied may have been expired since. */
    @Test
    void shouldContinueAfterTheChunksThatWereCopied() throws IOException {
        LegacyToken first = ours("alice", 60);
        LegacyToken second = ours("bob", 60);

        run(file(chunk(List.of(), first), chunk(List.of(), second)), 1);

        assertThat(isActive(first)).isFalse();
        assertThat(isActive(second)).isTrue();
    }

    @Test
    void shouldRepeatWhatTheClusterDoesNotAccept() throws IOException {
        Path file = file(chunk(List.of(new LegacyExpiry.OfSubject(RoutingTag.ofSubject("bob"), 1)), ours("alice", 60)));
        cluster.fail(true);

        assertThatThrownBy(() -> run(file, 0))
                .isInstanceOf(ExitCode.Failure.class)
                .hasMessage("Redis does not accept writes. Run the command again: it continues");
        assertThat(pauses).hasSize(29);
        assertThat(chunks).isEmpty();
    }

    @Test
    void shouldFindExpiriesInAuditLogs() {
        AuditLines lines = new AuditLines(clock.millis(), Duration.ofDays(1));
        Token token = TokenDraft.of("alice", 1).token();
        String jti = token.id().text();
        String hash = token.id().hash().text();
        String tag = token.id().tag().value();
        LegacyExpiry ofToken = new LegacyExpiry.OfToken(
                new TokenLocator.ById(token.id()), clock.millis(), clock.millis() + 86_400_000);

        assertThat(lines.expiry("12:00 INFO action=expire caller=login jti=" + jti + " result=done"))
                .contains(ofToken);
        assertThat(lines.expiry(
                        "{\"action\":\"evict\",\"caller\":\"a b\",\"jti\":\"" + jti + "\",\"result\":\"journaled\"}"))
                .contains(ofToken);
        assertThat(lines.expiry(
                        "{\"message\":\"{\\\"action\\\":\\\"expire\\\",\\\"caller\\\":\\\"login\\\",\\\"jti\\\":\\\""
                                + jti + "\\\",\\\"result\\\":\\\"unknown\\\"}\"}"))
                .contains(ofToken);
        assertThat(lines.expiry("action=expire caller=\"logout:idp\" hash=" + hash + " result=done"))
                .get()
                .extracting(expiry -> ((LegacyExpiry.OfToken) expiry).token())
                .isEqualTo(new TokenLocator.Foreign(token.id().hash()));
        assertThat(lines.expiry("action=expire_subject caller=login subject=" + tag + " result=under_replicated"))
                .contains(new LegacyExpiry.OfSubject(token.id().tag(), clock.millis()));
        for (String other : List.of(
                "action=create caller=login jti=" + jti + " result=done",
                "action=expire caller=login jti=" + jti + " result=refused",
                "action=expire caller=login jti=short result=done",
                "action=expire caller=login result=done",
                "",
                "Redis node unreachable")) {
            assertThat(lines.expiry(other)).as(other).isEmpty();
        }
    }
}
