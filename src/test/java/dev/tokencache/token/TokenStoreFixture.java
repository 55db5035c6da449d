package dev.tokencache.token;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** The store under test, with the calls and assertions of {@link TokenStoreContract}. */
abstract class TokenStoreFixture {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A subject that no other test uses. */
    final String sub = freshSubject();

    private final TokenStoreContract contract;

    TokenStoreFixture(TokenStoreContract contract) {
        this.contract = contract;
    }

    final TokenStore store() {
        return contract.store();
    }

    private MutableClock clock() {
        return contract.clock();
    }

    final long now() {
        return clock().millis();
    }

    final void advance(long seconds) {
        clock().advance(Duration.ofSeconds(seconds));
    }

    final void advanceTo(long millis) {
        clock().advance(Duration.ofMillis(millis - now()));
    }

    static String freshSubject() {
        return "subject-" + UUID.randomUUID();
    }

    static RoutingTag tag(String subject) {
        return RoutingTag.ofSubject(subject);
    }

    final TokenDraft draft() {
        return TokenDraft.of(sub, now());
    }

    final Creation create(NewToken token) {
        return await(store().create(token));
    }

    /** Creates a token with one of the service's own strings. */
    final Token created(TokenDraft draft) {
        assertThat(create(draft.ours())).isEqualTo(Creation.CREATED);
        return draft.token();
    }

    /** Creates a foreign token. */
    final Token createdForeign(TokenDraft draft) {
        assertThat(create(draft.foreign())).isEqualTo(Creation.CREATED);
        return draft.token();
    }

    static TokenLocator byId(Token token) {
        return new TokenLocator.ById(token.id());
    }

    static TokenLocator byHash(Token token) {
        return new TokenLocator.Foreign(token.id().hash());
    }

    final Verdict validate(TokenLocator token) {
        return await(store().validate(token));
    }

    final Verdict read(Token token) {
        return await(store().read(byId(token)));
    }

    final Renewal renew(Token token, long lifetime) {
        return await(store().renew(byId(token), OptionalLong.of(lifetime)));
    }

    final Renewal renew(Token token) {
        return await(store().renew(byId(token), OptionalLong.empty()));
    }

    final void expire(TokenLocator token) {
        await(store().expire(token, now()));
    }

    final long expireSubject(String subject) {
        return await(store().expireSubject(tag(subject), OptionalLong.empty())).notBeforeMillis();
    }

    final long expireSubject(String subject, long beforeMillis) {
        return await(store().expireSubject(tag(subject), OptionalLong.of(beforeMillis)))
                .notBeforeMillis();
    }

    /** Expires all tokens of the subject except one. */
    final long expireOthers(Token kept) {
        return await(store().expireOthers(kept.id(), OptionalLong.empty())).notBeforeMillis();
    }

    final SubjectTokens list(String subject) {
        return await(store().list(tag(subject), Paging.FIRST));
    }

    /** Asserts that the token is active, and its record unchanged except for the last validation. */
    final void assertActive(Token token) {
        assertKnown(validate(byId(token)), token);
        assertKnown(read(token), token);
    }

    final void assertActiveByHash(Token token) {
        assertKnown(validate(byHash(token)), token);
    }

    final void assertInactive(Token token) {
        assertThat(validate(byId(token))).isEqualTo(Verdict.INACTIVE);
        assertThat(read(token)).isEqualTo(Verdict.INACTIVE);
        assertThat(renew(token)).isEqualTo(Renewal.NOT_ACTIVE);
        assertThat(list(token.sub()).tokens()).extracting(Token::id).doesNotContain(token.id());
    }

    final void assertInactiveByHash(Token token) {
        assertThat(validate(byHash(token))).isEqualTo(Verdict.INACTIVE);
        assertThat(await(store().renew(byHash(token), OptionalLong.empty()))).isEqualTo(Renewal.NOT_ACTIVE);
    }

    /** Asserts that the verdict has this record. Ignores the time of the last validation. */
    static void assertKnown(Verdict verdict, Token token) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Active.class, active -> assertThat(active.token())
                .usingRecursiveComparison()
                .ignoringFields("lastSeenMillis")
                .isEqualTo(token));
    }

    static void assertRenewed(Renewal renewal, Token token) {
        assertThat(renewal)
                .isInstanceOfSatisfying(
                        Renewal.Renewed.class, renewed -> assertKnown(new Verdict.Active(renewed.token()), token));
    }

    /** Waits until a validation made now is stored. A store may reply before that. */
    final void awaitTouch(Token token) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(read(token))
                .isInstanceOfSatisfying(
                        Verdict.Active.class,
                        active -> assertThat(active.token().lastSeenMillis()).isEqualTo(now())));
    }

    static <T extends @Nullable Object> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    /** Makes concurrent calls, and returns their results in order. */
    static <T> List<T> runAll(List<Uni<T>> calls) {
        return await(Uni.join().all(calls).andFailFast());
    }

    /** Distinct drafts for the test's subject, each issued a millisecond after the previous one. */
    final List<TokenDraft> drafts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> TokenDraft.of(sub, now() + i))
                .toList();
    }

    final void createAll(List<TokenDraft> drafts) {
        List<Creation> creations = runAll(
                drafts.stream().map(draft -> store().create(draft.ours())).toList());
        assertThat(creations).containsOnly(Creation.CREATED);
    }
}
