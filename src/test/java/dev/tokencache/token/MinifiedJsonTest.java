package dev.tokencache.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MinifiedJsonTest {

    private static boolean isObject(String json) {
        return MinifiedJson.isObject(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"\":\"\"}",
                "{\"a\":[],\"b\":{},\"c\":[null,true,false,\"\",{\"d\":[[]]}]}",
                "{\"n\":[0,-0,1.50,1e3,1E+3,-2.5e-7,1e999999,123456789012345678901234567890]}",
                "{\"s\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00eB\\ud83e\\uDD8A\"}",
                "{\"Zo\u00eb\":\"\ud83e\udd8a\u007f\u2028\ufeff\"}"
            })
    void shouldAcceptAnObject(String json) {
        assertThat(isObject(json)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "NaN",
                "null",
                "[]",
                "\"a\"",
                "1",
                "{",
                "}",
                "{}{}",
                "{} ",
                "\ufeff{}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{\"a\":1 }",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":NaN}",
                "{\"a\":-}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":1e}",
                "{\"a\":+1}",
                "{\"a\":tru}",
                "{\"a\":True}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\ud83d\"}",
                "{\"a\":\"\\ud83d\\u0041\"}",
                "{\"a\":\"\\ude0a\\ud83d\"}",
                "{\"\\ud83d\":1}",
                "{\"a\":\"b\nc\"}",
                "{\"a\":\"b\u0000\"}",
                "{\"a\":\"b\\"
            })
    void shouldRejectEverythingElse(String json) {
        assertThat(isObject(json)).isFalse();
    }

    @Test
    void shouldRejectMalformedUtf8() {
        assertThat(MinifiedJson.isObject("{\"a\":\"Jos\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1)))
                .isFalse();
    }

    @Test
    void shouldLimitDepthAndNumbers() {
        assertThat(isObject("{\"a\":".repeat(64) + "1" + "}".repeat(64))).isTrue();
        assertThat(isObject("{\"a\":".repeat(65) + "1" + "}".repeat(65))).isFalse();
        assertThat(isObject("{\"a\":" + "[".repeat(100_000))).isFalse();
        assertThat(isObject("{\"a\":" + "1".repeat(1000) + "}")).isTrue();
        assertThat(isObject("{\"a\":" + "1".repeat(1001) + "}")).isFalse();
    }

    /** Text that differs from JSON by a few characters: the verdict is Jackson's, which ignores unpaired surrogates. */
    @Property
    void shouldAgreeWithJackson(@ForAll("almostJson") String json) {
        assertThat(isObject(json)).as(json).isEqualTo(isObjectForJackson(json));
    }

    @Provide
    Arbitrary<String> almostJson() {
        return Arbitraries.of(
                        "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "\\n", "1", "0", "-", ".", "e", "true", "null")
                .list()
                .ofMaxSize(10)
                .map(parts -> "{\"a\":" + String.join("", parts) + "}");
    }

    private static boolean isObjectForJackson(String json) {
        try (JsonParser parser = new JsonFactory().createParser(new StringReader(json))) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException malformed) {
            return false;
        }
    }
}
