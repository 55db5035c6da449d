package dev.tokencache.http.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** On virtual time: an embedded channel, and an application that answers when the test says so. */
class ConnectionGuardTest {

    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String POST = "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";

    private final Application application = new Application();
    private final EmbeddedChannel channel = channel();

    private EmbeddedChannel channel() {
        RequestDecoder decoder = new RequestDecoder(8192, 16384, false);
        EmbeddedChannel created =
                new EmbeddedChannel(decoder, new HttpResponseEncoder(), new ConnectionGuard(decoder), application);
        created.freezeTime();
        return created;
    }

    /** Records what reaches it. */
    private static final class Application extends ChannelInboundHandlerAdapter {
        final List<String> requests = new ArrayList<>();
        int bodies;
        boolean answersImmediately;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest request) {
                requests.add(request.uri());
            }
            if (message instanceof LastHttpContent) {
                bodies++;
            }
            ReferenceCountUtil.release(message);
            if (message instanceof HttpRequest && answersImmediately) {
                ctx.channel().writeAndFlush(response(200));
            }
        }
    }

    private static DefaultFullHttpResponse response(int status) {
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        return response;
    }

    private void send(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private void answer(int status) {
        channel.writeAndFlush(response(status));
    }

    private String received() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
        return text.toString();
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void shouldKeepTheConnectionAfterACompleteRequest() {
        application.answersImmediately = true;
        send(GET + POST + "12345" + GET);
        assertThat(received()).containsPattern("(?s)(HTTP/1.1 200 OK\r\n.*){3}").doesNotContain("close");
        pass(60);
        assertThat(channel.isActive()).isTrue();
    }

    @Test
    void shouldEndTheConnectionIfTheResponseOvertakesTheBody() {
        send(POST);
        answer(401);
        assertThat(received()).startsWith("HTTP/1.1 401").contains("connection: close");
        send("12" + GET);
        assertThat(application.requests).containsExactly("/b");
        assertThat(application.bodies).isZero();
        assertThat(channel.isActive()).isTrue();
        pass(5);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void shouldKeepTheConnectionIfTheResponseComesAfterTheBody() {
        send(POST);
        send("12345");
        answer(401);
        assertThat(received()).doesNotContain("close");
        send(GET);
        assertThat(application.requests).containsExactly("/b", "/a");
    }

    @Test
    void shouldStayOpenForSecondsAfterTheLastResponse() {
        send(POST);
        answer(200);
        channel.pipeline().close();
        assertThat(channel.isActive()).isTrue();
        pass(5);
        assertThat(channel.isActive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G",
                "GET /a HTTP/1.1\r\n",
                "GET /a HTTP/1.1\r\nHost: x",
                "GET /a HTTP/1.1\r\nHost: x\r\n",
                "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
                "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n1234",
                "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
            })
    void shouldRefuseARequestThatDoesNotArriveInTime(String part) {
        send(GET + part);
        answer(200);
        received();
        pass(9);
        assertThat(channel.isActive()).isTrue();
        assertThat(received()).isEmpty();
        pass(1);
        assertThat(received())
                .startsWith("HTTP/1.1 408")
                .contains("connection: close", "application/problem+json", "\"detail\":");
        pass(5);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void shouldNotExtendTheDeadlineByEachByte() {
        send(POST);
        for (int second = 0; second < 10; second += 3) {
            send("1");
            pass(3);
        }
        assertThat(received()).startsWith("HTTP/1.1 408");
    }

    @Test
    void shouldGiveHeadersAndBodyADeadlineEach() {
        send("POST /b HTTP/1.1\r\n");
        pass(9);
        send("Host: x\r\nContent-Length: 5\r\n\r\n");
        pass(9);
        send("12345");
        answer(200);
        pass(60);
        assertThat(received()).startsWith("HTTP/1.1 200");
        assertThat(channel.isActive()).isTrue();
    }

    @Test
    void shouldIgnoreBlankLinesBetweenRequests() {
        application.answersImmediately = true;
        send(POST + "12345\r\n");
        pass(60);
        assertThat(channel.isActive()).isTrue();
        send("\r\n" + GET);
        assertThat(application.requests).containsExactly("/b", "/a");
    }

    @Test
    void shouldAnswerAMalformedRequestAfterTheRequestsBeforeIt() {
        send(GET + "GET /a HTTP/1.1\r\n\r\n" + GET);
        assertThat(received()).isEmpty();
        answer(204);
        assertThat(received()).containsPattern("(?s)HTTP/1.1 204.*HTTP/1.1 400");
        assertThat(application.requests).containsExactly("/a");
        pass(5);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void shouldAnswerAMalformedBodyAfterTheRequestsBeforeIt() {
        send(GET);
        send("POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        send("nonsense\r\n");
        assertThat(received()).isEmpty();
        answer(204);
        assertThat(received()).containsPattern("(?s)HTTP/1.1 204.*HTTP/1.1 400");
        answer(200);
        assertThat(received()).isEmpty();
    }

    @Test
    void shouldExplainAnErrorWithoutABody() {
        send(GET);
        answer(400);
        assertThat(received()).startsWith("HTTP/1.1 400").contains("application/problem+json", "\"detail\":");
        send(GET.replace("GET", "HEAD"));
        answer(400);
        assertThat(received()).startsWith("HTTP/1.1 400").endsWith("\r\n\r\n");
    }

    @Test
    void shouldAnswerInTheDialectOfTheEndpoint() {
        send("POST /oauth2/introspect HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
        assertThat(received()).startsWith("HTTP/1.1 400").contains("application/json", "\"error\":\"invalid_request\"");
    }

    @Test
    void shouldReleaseWhatItHolds() {
        ByteBuf bytes = Unpooled.copiedBuffer(POST + "12", StandardCharsets.ISO_8859_1);
        channel.writeInbound(bytes);
        answer(401);
        channel.close();
        channel.finishAndReleaseAll();
        assertThat(bytes.refCnt()).isZero();
    }
}
