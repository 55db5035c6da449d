package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link TokenStore#create}: a created token is active, with an unchanged record, until it expires. */
abstract class CreationContract extends TokenStoreFixture {

    CreationContract(TokenStoreContract contract) {
        super(contract);
    }

    @Test
    void shouldReturnACreatedToken() {
        Token token = created(draft());

        assertThat(validate(byId(token))).isEqualTo(new Verdict.Active(token));
        assertThat(read(token)).isEqualTo(new Verdict.Active(token));
    }

    @Test
    void shouldReportAnUnknownTokenInactive() {
        Token token = draft().token();

        assertInactive(token);
        assertInactiveByHash(token);
    }

    @Test
    void shouldReportAnUnknownTokenOfAKnownSubjectInactive() {
        created(draft());

        assertInactive(draft().token());
    }

    @Test
    void shouldBeActiveUntilTheMillisecondOfItsExpiry() {
        Token token = created(draft().lifetime(60));

        advanceTo(token.endMillis() - 1);
        assertActive(token);
        advanceTo(token.endMillis());
        assertInactive(token);
    }

    @Test
    void shouldReportATokenActiveIfItsIssuersClockIsAhead() {
        assertActive(created(draft().issuedAtMillis(now() + 3_600_000)));
    }

    @Test
    void shouldStoreEveryFieldOfARecord() {
        String subject = "Zo\u00eb \ud83e\udd8a {tag} \u202e%00:*?[" + freshSubject();
        Token full = created(TokenDraft.of(subject, now())
                .lifetime(60, 2_592_000)
                .idleTimeout(1200)
                .scope("openid urn:x:y/1.0 !#[]~")
                .aud(Audience.of(List.of("https://app.example", "\u00eb\ud83e\udd8a", "\ufeffa")))
                .claims("{\"name\":\"Zo\u00eb \ud83e\udd8a\",\"nul\":\"\\u0000\",\"n\":1.50,\"a\":[null,true]}"));

        assertThat(validate(byId(full))).isEqualTo(new Verdict.Active(full));
        assertThat(read(full)).isEqualTo(new Verdict.Active(full));
        assertThat(list(subject).tokens()).containsExactly(full);
    }

    @Test
    void shouldDistinguishAbsentFieldsFromEmptyOnes() {
        Token bare = created(draft());
        Token single = created(draft().aud(Audience.of("a")).scope("a").claims("{}"));
        Token several = created(draft().aud(Audience.of(List.of("a"))));

        assertThat(read(bare)).isEqualTo(new Verdict.Active(bare));
        assertThat(read(single)).isEqualTo(new Verdict.Active(single));
        assertThat(read(several)).isEqualTo(new Verdict.Active(several));
    }

    @Test
    void shouldStoreTheLargestRecord() {
        Token token =
                created(TokenDraft.of("\u00eb".repeat(494) + freshSubject().substring(8), now())
                        .scope("s".repeat(1024))
                        .aud(Audience.of(Collections.nCopies(32, "\u00eb".repeat(256))))
                        .claims("{\"a\":\"" + "x".repeat(Claims.MAX_BYTES - 8) + "\"}"));

        assertThat(validate(byId(token))).isEqualTo(new Verdict.Active(token));
    }

    @Test
    void shouldReturnCreatedWhenACreateIsRepeated() {
        NewToken token = draft().ours();

        assertThat(create(token)).isEqualTo(Creation.CREATED);
        assertThat(create(token)).isEqualTo(Creation.CREATED);

        assertThat(list(sub).tokens()).containsExactly(token.token());
    }

    @Test
    void shouldNotOverrideANotBeforeTimeByARepeatedCreate() {
        NewToken token = draft().ours();
        create(token);
        long notBefore = expireSubject(sub);

        assertThat(create(token)).isEqualTo(new Creation.IssuedTooEarly(notBefore));
        assertInactive(token.token());
    }

    @Test
    void shouldSeparateSubjectsWithEqualTokenHashes() {
        String other = freshSubject();
        TokenHash hash = TokenDraft.randomHash();
        Token one = created(draft().hash(hash));
        Token two = created(TokenDraft.of(other, now()).hash(hash));

        expire(byId(one));

        assertInactive(one);
        assertActive(two);
    }
}
