package dev.tokencache.http.connection;

import dev.tokencache.http.connection.FramingCorpus.Entry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link FramingIT} sends each request in one piece. In the network, a piece can end anywhere. */
class RequestDecoderTest {

    static Stream<Entry> corpus() {
        return FramingCorpus.entries();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void shouldDecodeARequestAlikeInAnyPieces(Entry entry) {
        List<String> whole = decode(entry.request(), entry.request().length);
        for (int length = 1; length < 4; length++) {
            assertThat(decode(entry.request(), length)).isEqualTo(whole);
        }
    }

    /** The requests and the first fault. */
    private static List<String> decode(byte[] bytes, int pieceLength) {
        EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(8192, 16384, false));
        for (int from = 0; from < bytes.length; from += pieceLength) {
            channel.writeInbound(Unpooled.wrappedBuffer(
                    Arrays.copyOfRange(bytes, from, Math.min(from + pieceLength, bytes.length))));
        }
        List<String> decoded = new ArrayList<>();
        for (HttpObject part = channel.readInbound(); part != null; part = channel.readInbound()) {
            ReferenceCountUtil.release(part);
            if (part.decoderResult().isFailure()) {
                decoded.add("fault");
                break;
            }
            if (part instanceof HttpRequest request) {
                decoded.add(request.method() + " " + request.uri() + " "
                        + request.headers().names());
            }
        }
        channel.finishAndReleaseAll();
        return decoded;
    }
}
