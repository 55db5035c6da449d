package dev.tokencache.http;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class BodyHeadersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json;charset=UTF-8",
                "application/json ; charset=\"utf-8\"",
                "application/json; charset=utf8",
                "application/json;Charset=\"UTF8\"",
                "application/json; version=1"
            })
    void shouldAcceptJson(String contentType) {
        assertThat(BodyHeaders.isAcceptable(contentType, Body.JSON)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "text/json",
                "application/jsonx",
                "application/problem+json",
                "application/*",
                "*/*",
                "application/json; charset=ISO-8859-1",
                "application/json; charset=utf-16",
                "application/json; charset=utf-8; charset=latin1",
                "application/json; charset=",
                "application/json, text/plain"
            })
    void shouldRefuseOtherTypesAndCharsetsForJson(String contentType) {
        assertThat(BodyHeaders.isAcceptable(contentType, Body.JSON)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=ISO-8859-1"})
    void shouldAcceptFormsOfAnyCharset(String contentType) {
        assertThat(BodyHeaders.isAcceptable(contentType, Body.FORM)).isTrue();
    }
}
