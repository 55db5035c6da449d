package dev.tokencache.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PercentEncodingTest {

    @Test
    void shouldNotEncodeUnreservedCharacters() {
        String unreserved = "azAZ09-._~";
        assertThat(PercentEncoding.encode(unreserved)).isSameAs(unreserved);
    }

    @Test
    void shouldEncodeEverythingElseAsUtf8() {
        assertThat(PercentEncoding.encode("a b/ü€😀\r\n")).isEqualTo("a%20b%2F%C3%BC%E2%82%AC%F0%9F%98%80%0D%0A");
    }

    @Property
    void shouldRoundTrip(@ForAll String text) {
        String clean = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(PercentEncoding.decode(PercentEncoding.encode(clean))).contains(clean);
        assertThat(PercentEncoding.encode(clean)).matches("[A-Za-z0-9._~%-]*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%2", "%zz", "%2g", "%-1", "%ff", "%c3", "%ed%a0%80", "%c0%af"})
    void shouldRefuseMalformedEncodings(String malformed) {
        assertThat(PercentEncoding.decode(malformed)).isEmpty();
    }

    @Test
    void shouldDecodePlusAsSpaceInFormsOnly() {
        byte[] form = "xa+b%2bx".getBytes(StandardCharsets.US_ASCII);
        assertThat(PercentEncoding.decodeForm(form, 1, form.length - 1)).isEqualTo(Optional.of("a b+"));
        assertThat(PercentEncoding.decode("a+b")).contains("a+b");
    }
}
