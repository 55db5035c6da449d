package dev.tokencache.redis.topology;

import dev.tokencache.redis.topology.ClusterReport.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterReportTest {

    /** From Redis 7.0.15 after {@code kill -9} of a master; host names and moving slots added by hand. */
    private static final String NODES = """
            578c3aa0917e12e0949fef86304dbaa067e2c4e8 127.0.0.1:17101@27101,one myself,master - 0 1795946587000 1 connected 0-5459 5460
            7e911157c3d91cc60ad17758630215c66aea4056 127.0.0.1:17106@27106 slave 578c3aa0917e12e0949fef86304dbaa067e2c4e8 0 1795946586856 1 connected
            7b55eb18f5c6b8a79cb1630f8ba131397ed333b5 127.0.0.1:17102@27102 master - 1795946602209 1795946601119 2 disconnected 5461-10922 [93-<-578c3aa0917e12e0949fef86304dbaa067e2c4e8]
            2da8802b963079f3bbad4cf3926aa98d1135e9a9 127.0.0.1:17103@27103 master,fail? - 0 1795946587065 3 connected 10923-16382
            9562fce0b9c15fdfa027e609d022454e87cfaed4 :0@0 master,fail,noaddr - 0 1795946587065 3 disconnected 16383
            """;

    @ParameterizedTest
    @CsvSource({
        "0,WORKING",
        "93,WORKING",
        "5460,WORKING",
        "5461,DISCONNECTED",
        "10922,DISCONNECTED",
        "10923,FAILED",
        "16382,FAILED",
        "16383,FAILED"
    })
    void shouldReadTheStateOfTheMasterOfASlot(int slot, State state) {
        assertThat(ClusterReport.parse(NODES).state(slot)).isEqualTo(state);
    }

    @Test
    void shouldReadTheFormatOfRedis3() {
        String line = "5fe9 10.0.0.1:7000 master,fail - 1385482984082 0 5 disconnected 5-9";

        assertThat(ClusterReport.parse(line).state(7)).isEqualTo(State.FAILED);
    }

    @Test
    void shouldTakeAMasterThatIsNotReportedForWorking() {
        assertThat(ClusterReport.parse("").state(1)).isEqualTo(State.WORKING);
        assertThat(ClusterReport.parse("no such line\n\n").state(1)).isEqualTo(State.WORKING);
        assertThat(ClusterReport.parse(NODES.replace("5461-10922", "x-y")).state(5461))
                .isEqualTo(State.WORKING);
    }
}
