package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.Refusal;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.migration.legacy.LegacyConfig.Format;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Records of other programs that cannot be tokens, and revocations that the old Redis must store whatever its state. */
class HostileRecordsIT {

    private static final Map<Format, LegacyStoreFixture> FIXTURES = new EnumMap<>(Format.class);
    private static OldRedis redis;
    private static RespClient others;

    private final TokenString token = new TokenString("hostile-" + UUID.randomUUID());
    private final TokenLocator locator = new TokenLocator.Presented(new TokenLocator.Foreign(token.hash()), token);

    @BeforeAll
    static void start() {
        redis = OldRedis.start();
        others = redis.connect();
        for (Format format : new Format[] {Format.JSON, Format.HASH, Format.STRING}) {
            FIXTURES.put(
                    format,
                    new LegacyStoreFixture(
                            LegacySettings.of(redis.host(), format).withKeyPattern(format + ":{token}"),
                            OldRedis.PASSWORD));
        }
    }

    @AfterAll
    static void stop() {
        FIXTURES.values().forEach(LegacyStoreFixture::close);
        FIXTURES.clear();
        others.close();
        redis.close();
    }

    @AfterEach
    void freeMemory() {
        others.send("CONFIG", "SET", "maxmemory", "0");
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(60));
    }

    private String key(Format format) {
        return format + ":" + token.value();
    }

    private static List<LegacyStore.Page> pages(LegacyStore store) {
        LegacyStore.Master master = await(store.masters()).get(0);
        return Stream.iterate(
                        await(store.scan(master.name(), LegacyStore.Page.START, 100)),
                        page -> page != null,
                        page -> page.isLast() ? null : await(store.scan(master.name(), page.cursor(), 100)))
                .toList();
    }

    /** Each command is a Lua call, so that it can contain any byte. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "JSON|not_utf8|'SET', key, '{\"sub\":\"Jos\\233\"}'",
                "JSON|not_utf8|'SET', key, '\\172\\237\\0\\5t\\0\\5alice'",
                "JSON|unreadable|'SET', key, 'NaN'",
                "JSON|unreadable|'SET', key, ''",
                "JSON|unreadable|'SET', key, 'a:1:{s:3:\"sub\";s:5:\"alice\";}'",
                "JSON|no_subject|'SET', key, '{\"cart\":[]}'",
                "JSON|bad_subject|'SET', key, '{\"sub\":\"\\\\ud83d\"}'",
                "JSON|wrong_type|'RPUSH', key, 'alice'",
                "JSON|wrong_type|'HSET', key, 'sub', 'alice'",
                "JSON|wrong_type|'ZADD', key, '1', 'alice'",
                "HASH|wrong_type|'SET', key, 'alice'",
                "HASH|wrong_type|'SADD', key, 'alice'",
                "HASH|not_utf8|'HSET', key, 'sub', 'Jos\\233'",
                "HASH|bad_subject|'HSET', key, 'sub', 'a\\0b'",
                "HASH|no_subject|'HSET', key, 'cart', 'x'",
                "STRING|not_utf8|'SET', key, 'Jos\\232'",
                "STRING|not_utf8|'SET', key, '\\237\\160\\189'",
                "STRING|bad_subject|'SET', key, string.rep('x', 1500)",
                "STRING|bad_subject|'SET', key, 'a\\13b'",
                "STRING|no_subject|'SET', key, ''",
                "STRING|wrong_type|'RPUSH', key, 'alice'"
            })
    void shouldReportARecordInactiveThatCannotBeAToken(Format format, String reason, String command) {
        LegacyStoreFixture fixture = FIXTURES.get(format);
        LegacyStore store = fixture.store();
        Refusal refusal = Stream.of(Refusal.values())
                .filter(known -> known.label().equals(reason))
                .findFirst()
                .orElseThrow();
        others.send("EVAL", "local key = KEYS[1] return redis.call(" + command + ")", "1", key(format));
        others.send("EXPIRE", key(format), "600");
        int before = fixture.refusals().size();

        assertThat(await(store.find(locator))).isInstanceOf(Verdict.Inactive.class);

        assertThat(fixture.refusals().subList(before, before + 1)).containsExactly(refusal);
        assertThat(pages(store).stream().flatMap(page -> page.refused().stream()))
                .contains(new RefusedRecord(token.hash().text(), refusal));
        assertThat(pages(store).stream().flatMap(page -> page.tokens().stream()))
                .noneMatch(live -> live.token().id().hash().equals(token.hash()));
        assertThat(await(store.renew(locator, OptionalLong.empty()))).isInstanceOf(Renewal.NotActive.class);
        await(store.expire(locator, System.currentTimeMillis()));
        assertThat(others.send("EXISTS", key(format))).isEqualTo(0L);
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"JSON", "HASH", "STRING"})
    void shouldExpireWithoutMemory(Format format) {
        LegacyStore store = FIXTURES.get(format).store();
        String subject = "alice-" + UUID.randomUUID();
        TokenString other = new TokenString("hostile-" + UUID.randomUUID());
        TokenLocator otherLocator = new TokenLocator.Presented(new TokenLocator.Foreign(other.hash()), other);
        LegacyStoreFixture.login(others, format, key(format), "bob", 600);
        LegacyStoreFixture.login(others, format, format + ":" + other.value(), subject, 600);
        others.send("CONFIG", "SET", "maxmemory", "1");

        await(store.expire(locator, System.currentTimeMillis()));
        await(store.expireSubject(RoutingTag.ofSubject(subject), System.currentTimeMillis(), true));

        others.send("CONFIG", "SET", "maxmemory", "0");
        LegacyStoreFixture.login(others, format, key(format), "bob", 600);
        assertThat(await(store.find(locator))).isInstanceOf(Verdict.Inactive.class);
        assertThat(await(store.find(otherLocator))).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldExpireWithoutMemoryInAnotherTokenCache() {
        LegacySettings settings =
                LegacySettings.of(redis.host(), Format.TOKEN_CACHE).withKeyPrefix("old-" + UUID.randomUUID() + ":");
        try (LegacyStoreFixture fixture = new LegacyStoreFixture(settings, OldRedis.PASSWORD)) {
            LegacyStore store = fixture.store();
            NewToken ours = TokenDraft.of("alice", System.currentTimeMillis()).ours();
            NewToken other = TokenDraft.of("bob", System.currentTimeMillis()).ours();
            await(store.create(ours));
            await(store.create(other));
            others.send("CONFIG", "SET", "maxmemory", "1");

            await(store.expire(new TokenLocator.ById(ours.token().id()), System.currentTimeMillis()));
            await(store.expire(new TokenLocator.Foreign(token.hash()), System.currentTimeMillis()));
            await(store.expireSubject(other.token().id().tag(), System.currentTimeMillis(), true));

            others.send("CONFIG", "SET", "maxmemory", "0");
            assertThat(await(store.find(new TokenLocator.ById(ours.token().id()))))
                    .isInstanceOf(Verdict.Inactive.class);
            assertThat(await(store.find(new TokenLocator.ById(other.token().id()))))
                    .isInstanceOf(Verdict.Inactive.class);
        }
    }

    /** A session of 68 years, as some frameworks create it. */
    @ParameterizedTest
    @CsvSource({"2145916800", "-1"})
    void shouldStoreARevocationForAsLongAsTheSession(long seconds) {
        LegacyStore store = FIXTURES.get(Format.STRING).store();
        String subject = "carol-" + UUID.randomUUID();
        LegacyStoreFixture.login(others, Format.STRING, key(Format.STRING), subject, 600);
        if (seconds < 0) {
            others.send("PERSIST", key(Format.STRING));
        } else {
            others.send("EXPIRE", key(Format.STRING), Long.toString(seconds));
        }
        assertThat(await(store.find(locator))).isInstanceOfSatisfying(Verdict.Active.class, active -> assertThat(
                        active.token().expiresAt())
                .isLessThanOrEqualTo(System.currentTimeMillis() / 1000 + 30 * 86_400));
        RoutingTag tag = RoutingTag.ofSubject(subject);
        await(store.expireSubject(tag, System.currentTimeMillis(), true));
        await(store.expireSubject(tag, System.currentTimeMillis() - 60_000, true));

        assertThat((Long) others.send("TTL", "tc-migration:{" + tag + "}")).isGreaterThan(2_145_916_800L);
        assertThat(pages(store).stream().flatMap(page -> page.tokens().stream()))
                .as("the backfill does not copy it")
                .noneMatch(live -> live.token().id().hash().equals(token.hash()));

        await(store.expire(locator, System.currentTimeMillis()));

        assertThat((Long) others.send("TTL", "tc-migration:{" + token.hash().text() + "}"))
                .isGreaterThanOrEqualTo(2_145_916_700L);
    }

    @Test
    void shouldExpireWhateverTheSidecarContains() {
        LegacyStore store = FIXTURES.get(Format.STRING).store();
        String sidecar = "tc-migration:{" + token.hash().text() + "}";
        for (String garbage : new String[] {"", "x", "xyz", "r", "garbage"}) {
            LegacyStoreFixture.login(others, Format.STRING, key(Format.STRING), "dave", 600);
            others.send("SET", sidecar, garbage);

            await(store.expire(locator, System.currentTimeMillis()));

            assertThat(await(store.find(locator))).isInstanceOf(Verdict.Inactive.class);
        }
    }
}
