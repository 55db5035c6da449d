package dev.tokencache.redis;

import dev.tokencache.redis.command.ErrorReply;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AddressMapTest {

    private final AddressMap map = AddressMap.of(List.of(
            "10.1.0.1:6379=gateway.example:16379",
            " 10.1.0.2:6379 = gateway.example:16380 ",
            "[fd00::1]:6379=[::1]:7000"));

    @Test
    void shouldTranslateAnAnnouncedAddress() {
        assertThat(map.reachable(new Endpoint("10.1.0.1", 6379))).isEqualTo(new Endpoint("gateway.example", 16379));
        assertThat(map.reachable(new Endpoint("10.1.0.2", 6379))).isEqualTo(new Endpoint("gateway.example", 16380));
        assertThat(map.reachable(new Endpoint("fd00::1", 6379))).isEqualTo(new Endpoint("::1", 7000));
    }

    @Test
    void shouldLeaveAnAddressWithoutAnEntryAsItIs() {
        Endpoint samePortElsewhere = new Endpoint("10.1.0.1", 6380);

        assertThat(map.reachable(samePortElsewhere)).isEqualTo(samePortElsewhere);
        assertThat(AddressMap.of(List.of()).reachable(samePortElsewhere)).isEqualTo(samePortElsewhere);
    }

    @Test
    void shouldTranslateTheNodeOfARedirection() {
        assertThat(ErrorReply.of("MOVED 1 10.1.0.1:6379", "queried", map))
                .isEqualTo(new ErrorReply.Moved(1, new Endpoint("gateway.example", 16379)));
        assertThat(ErrorReply.of("ASK 1 10.1.0.2:6379", "queried", map))
                .isEqualTo(new ErrorReply.Ask(new Endpoint("gateway.example", 16380)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.1.0.1:6379",
                "=",
                "10.1.0.1:6379=",
                "=10.1.0.1:6379",
                "10.1.0.1=gateway:1",
                "10.1.0.1:1=gateway",
                ":6379=gateway:1",
                "10.1.0.1:0=gateway:1",
                "10.1.0.1:1=gateway:65536",
                "10.1.0.1:x=gateway:1",
                "a:1=b:1=c:1"
            })
    void shouldRejectAMalformedEntryAndNameTheProperty(String entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressMap.of(List.of(entry)))
                .withMessageContaining("tokencache.redis.address-map")
                .withMessageNotContaining("10.1.0.1");
    }

    @Test
    void shouldRejectTwoEntriesForOneAnnouncedAddress() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressMap.of(List.of("a:1=b:1", "a:1=b:2")))
                .withMessageContaining("tokencache.redis.address-map");
    }
}
