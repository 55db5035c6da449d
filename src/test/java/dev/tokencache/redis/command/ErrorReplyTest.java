package dev.tokencache.redis.command;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorReplyTest {

    @Test
    void shouldParseMoved() {
        assertThat(ErrorReply.of("MOVED 3999 127.0.0.1:6381", "queried", AddressMap.NONE))
                .isEqualTo(new ErrorReply.Moved(3999, new Endpoint("127.0.0.1", 6381)));
    }

    @Test
    void shouldParseAsk() {
        assertThat(ErrorReply.of("ASK 3999 ::1:6381", "queried", AddressMap.NONE))
                .isEqualTo(new ErrorReply.Ask(new Endpoint("::1", 6381)));
    }

    @Test
    void shouldParseLate() {
        assertThat(ErrorReply.of("LATE 1764400000000", "queried", AddressMap.NONE))
                .isEqualTo(new ErrorReply.Late(1_764_400_000_000L));
    }

    @Test
    void shouldReplaceAnEmptyHostByTheQueriedOne() {
        assertThat(ErrorReply.of("MOVED 1 :6381", "queried", AddressMap.NONE))
                .isEqualTo(new ErrorReply.Moved(1, new Endpoint("queried", 6381)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CLUSTERDOWN Hash slot not served",
                "CLUSTERDOWN The cluster is down",
                "TRYAGAIN Multiple keys request during rehashing of slot",
                "LOADING Redis is loading the dataset in memory",
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
                "MOVED 1 ?:6381",
                "ASK 1 ?:6381",
                "READONLY You can't write against a read only replica.",
            })
    void shouldTryLaterIfTheNodeCannotServeTheCommandNow(String message) {
        assertThat(ErrorReply.of(message, "queried", AddressMap.NONE)).isInstanceOf(ErrorReply.TryLater.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOSCRIPT No matching script. Please use EVAL.",
                "OOM command not allowed when used memory > 'maxmemory'.",
                "NOAUTH Authentication required.",
                "WRONGTYPE Operation against a key holding the wrong kind of value",
                "ERR MOVED 1 127.0.0.1:1",
                "MOVED",
                "MOVED x 127.0.0.1:6381",
                "MOVED 16384 127.0.0.1:6381",
                "MOVED -1 127.0.0.1:6381",
                "MOVED 1 nowhere",
                "ASK 1",
                "LATE",
                "LATE yesterday",
                "",
            })
    void shouldTreatEveryOtherErrorAsFinal(String message) {
        assertThat(ErrorReply.of(message, "queried", AddressMap.NONE)).isEqualTo(new ErrorReply.Final());
    }
}
