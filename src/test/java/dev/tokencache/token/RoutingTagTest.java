package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RoutingTagTest {

    @Test
    void shouldNotChangeTheDerivationThatStoredKeysDependOn() {
        // printf 'token-cache/sub/1:alice' | openssl dgst -sha256 -binary | head -c 12 | base64, then +/ to -_
        assertThat(RoutingTag.ofSubject("alice").value()).isEqualTo("PsSGX4ISDYqi1O4o");
        assertThat(RoutingTag.ofSubject("Zo\u00eb \ud83e\udd8a").value()).isEqualTo("KA6EXIzwQRWb0eP2");
    }

    @Test
    void shouldDistinguishSubjectsThatLookAlike() {
        assertThat(RoutingTag.ofSubject("alice")).isNotEqualTo(RoutingTag.ofSubject("Alice"));
        assertThat(RoutingTag.ofSubject("alice")).isNotEqualTo(RoutingTag.ofSubject("alice "));
        // Composed and decomposed: subjects are not normalised.
        assertThat(RoutingTag.ofSubject("\u00eb")).isNotEqualTo(RoutingTag.ofSubject("e\u0308"));
    }

    @Property
    void shouldBe16CharactersOf12Bytes(@ForAll String subject) {
        RoutingTag tag = RoutingTag.ofSubject(subject);

        assertThat(tag.value()).matches("[A-Za-z0-9_-]{16}");
        assertThat(tag.bytes()).hasSize(RoutingTag.BYTES);
        assertThat(tag).hasToString(tag.value()).isEqualTo(RoutingTag.ofSubject(subject));
    }

    @Property
    void shouldDifferForDifferentSubjects(@ForAll String one, @ForAll String two) {
        Assume.that(!Arrays.equals(utf8(one), utf8(two)));

        assertThat(RoutingTag.ofSubject(one)).isNotEqualTo(RoutingTag.ofSubject(two));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
