package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(strings = {"", "alice", "Zo\u00eb", "\ufffd", "\ufeffalice", "\ud83e\udd8a", "\u0000", "e\u0301"})
    void shouldKeepEveryText(String text) {
        assertThat(Utf8.decode(Utf8.encode(text))).hasValue(text);
        assertThat(Utf8.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4a6f73e9", "c0af", "e080af", "eda0bd", "eda0bdedb88a", "f4908080", "80", "c3", "efbfbdff"})
    void shouldNotDecodeMalformedBytes(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThat(Utf8.decode(bytes)).isEmpty();
        assertThat(Utf8.isWellFormed(bytes)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "a\ude0a", "\ude0a\ud83d", "\ud83d\ud83d\ude0a"})
    void shouldNotEncodeUnpairedSurrogates(String text) {
        assertThat(Utf8.isWellFormed(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> Utf8.encode(text));
        assertThatIllegalArgumentException().isThrownBy(() -> RoutingTag.ofSubject(text));
    }

    @Test
    void shouldDecodeAPart() {
        assertThat(Utf8.decode(new byte[] {(byte) 0xff, 'a', (byte) 0xff}, 1, 1))
                .hasValue("a");
    }
}
