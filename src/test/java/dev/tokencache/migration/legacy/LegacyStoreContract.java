package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The contract of the old store, for every kind of old Redis and every format. */
abstract class LegacyStoreContract {

    private final String sub = "alice-" + UUID.randomUUID();
    private final TokenString string = new TokenString("old-" + UUID.randomUUID());

    abstract LegacyStore store();

    /** Stores a session as another program does. */
    abstract void login(TokenString token, String subject, long seconds);

    /** The subject that another program reads for a token, or null. */
    abstract String subjectOf(TokenString token);

    static <T> T await(Uni<T> call) {
        return call.await().indefinitely();
    }

    static TokenLocator locator(TokenString token) {
        return new TokenLocator.Presented(new TokenLocator.Foreign(token.hash()), token);
    }

    private Verdict find() {
        return await(store().find(locator(string)));
    }

    private Token found() {
        Verdict verdict = find();
        assertThat(verdict).isInstanceOf(Verdict.Active.class);
        return ((Verdict.Active) verdict).token();
    }

    private NewToken created() {
        return created(TokenDraft.of(sub, System.currentTimeMillis())
                .scope("read write")
                .claims("{\"role\":\"admin\",\"n\":1.50}")
                .lifetime(600, 6000));
    }

    private NewToken created(TokenDraft draft) {
        NewToken drafted = draft.hash(string.hash()).foreign();
        return new NewToken(drafted.token(), drafted.foreignNonce(), string);
    }

    @Test
    void shouldFindATokenOfAnotherProgram() {
        login(string, sub, 600);

        Token token = found();

        assertThat(token.sub()).isEqualTo(sub);
        long now = System.currentTimeMillis() / 1000;
        assertThat(token.expiresAt()).isBetween(now + 590, now + 601);
    }

    @Test
    void shouldReportAnUnknownTokenInactive() {
        assertThat(find()).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldStoreRecordsThatOtherProgramsCanRead() {
        assertThat(await(store().create(created()))).isInstanceOf(Creation.Created.class);

        assertThat(subjectOf(string)).isEqualTo(sub);
    }

    @Test
    void shouldReturnEveryFieldOfACreatedToken() {
        NewToken created = created();
        await(store().create(created));

        assertThat(found()).isEqualTo(created.token());
        assertThat(await(store().find(new TokenLocator.ById(created.token().id()))))
                .as("by its id alone")
                .isEqualTo(new Verdict.Active(created.token()));
    }

    @Test
    void shouldRefuseAStringThatIsTaken() {
        login(string, sub, 600);

        assertThat(await(store().create(created()))).isInstanceOf(Creation.Taken.class);
    }

    @Test
    void shouldRenewWithoutChangingTheRecord() {
        login(string, sub, 60);

        Renewal renewal = await(store().renew(locator(string), OptionalLong.of(1200)));

        assertThat(renewal).isInstanceOf(Renewal.Renewed.class);
        assertThat(found().expiresAt())
                .isCloseTo(((Renewal.Renewed) renewal).token().expiresAt(), within(1));
        assertThat(subjectOf(string)).isEqualTo(sub);
    }

    private static org.assertj.core.data.Offset<Long> within(long seconds) {
        return org.assertj.core.data.Offset.offset(seconds);
    }

    @Test
    void shouldExpireForOtherProgramsToo() {
        login(string, sub, 600);

        await(store().expire(locator(string), System.currentTimeMillis()));

        assertThat(find()).isInstanceOf(Verdict.Inactive.class);
        assertThat(subjectOf(string)).isNull();
    }

    @Test
    void shouldExpireById() {
        NewToken created = created();
        await(store().create(created));

        await(store().expire(new TokenLocator.ById(created.token().id()), System.currentTimeMillis()));

        assertThat(find()).isInstanceOf(Verdict.Inactive.class);
        assertThat(subjectOf(string)).isNull();
    }

    @Test
    void shouldNotRestoreAnExpiredToken() {
        NewToken created = created();
        await(store().create(created));
        await(store().expire(locator(string), System.currentTimeMillis()));

        await(store().save(locator(string), created.token()));
        assertThat(await(store().renew(locator(string), OptionalLong.empty()))).isInstanceOf(Renewal.NotActive.class);
        assertThat(await(store().create(created))).isInstanceOf(Creation.IssuedTooEarly.class);

        assertThat(find()).isInstanceOf(Verdict.Inactive.class);
        assertThat(subjectOf(string)).isNull();
    }

    @Test
    void shouldRestoreAMissingTokenThatWasNotExpired() {
        NewToken created = created();

        await(store().save(locator(string), created.token()));

        assertThat(found().expiresAt()).isEqualTo(created.token().expiresAt());
        assertThat(subjectOf(string)).isEqualTo(sub);
    }

    @Test
    void shouldUndoACreation() {
        NewToken created = created();
        await(store().create(created));

        await(store().undo(created));

        assertThat(find()).isInstanceOf(Verdict.Inactive.class);
        assertThat(subjectOf(string)).isNull();
    }

    @Test
    void shouldReportTokensBeforeTheNotBeforeTimeInactive() {
        login(string, sub, 600);
        long notBefore = System.currentTimeMillis();

        await(store().expireSubject(RoutingTag.ofSubject(sub), notBefore, false));
        await(store().expireSubject(RoutingTag.ofSubject(sub), notBefore - 1000, false));

        assertThat(find()).isInstanceOf(Verdict.Inactive.class);
        assertThat(await(store().create(created(TokenDraft.of(sub, notBefore)))))
                .isEqualTo(new Creation.IssuedTooEarly(notBefore));
        TokenString other = new TokenString("old-" + UUID.randomUUID());
        NewToken later = TokenDraft.of(sub, notBefore + 1).hash(other.hash()).foreign();
        assertThat(await(store().create(new NewToken(later.token(), later.foreignNonce(), other))))
                .isInstanceOf(Creation.Created.class);
    }

    @Test
    void shouldExtendAnIdleTokenByATouch() {
        NewToken created =
                created(TokenDraft.of(sub, System.currentTimeMillis() - 500_000).idleTimeout(600));
        await(store().create(created));

        await(store().touch(locator(string), created.token().touched(System.currentTimeMillis())));

        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(found().endMillis())
                .isGreaterThan(System.currentTimeMillis() + 500_000));
    }

    @Test
    void shouldScanAllLiveTokens() {
        List<TokenString> logins = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            TokenString token = new TokenString("walk-" + UUID.randomUUID());
            login(token, sub, 600);
            logins.add(token);
        }
        await(store().expire(locator(logins.get(0)), System.currentTimeMillis()));

        assertThat(walk().stream().flatMap(page -> page.tokens().stream()))
                .extracting(token -> token.token().id().hash())
                .containsAll(logins.stream().skip(1).map(TokenString::hash).toList())
                .doesNotContain(logins.get(0).hash());
    }

    /** Reads all pages of all masters. */
    List<LegacyStore.Page> walk() {
        List<LegacyStore.Page> pages = new ArrayList<>();
        for (LegacyStore.Master master : await(store().masters())) {
            assertThat(master.name()).matches("[0-9a-f]{40}");
            String cursor = LegacyStore.Page.START;
            do {
                LegacyStore.Page page = await(store().scan(master.name(), cursor, 50));
                pages.add(page);
                cursor = page.cursor();
            } while (!cursor.equals(LegacyStore.Page.START));
        }
        return pages;
    }
}
