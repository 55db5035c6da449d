package dev.tokencache.http.connection;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.VertxServiceProvider;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Adds a {@link ConnectionGuard} to each HTTP/1.1 connection that Vert.x accepts, on the port of the API, its TLS port and the
 * management port. Vert.x loads it as a service; the options of its HTTP server do not reach this far.
 */
// A native executable finds it by its name: the commands, which have a Vert.x of their own, would not start otherwise.
@RegisterForReflection
public final class HttpTransport extends JDKTransport implements VertxServiceProvider {

    /** The names that Vert.x gives to its handlers. */
    private static final String DECODER = "httpDecoder";

    private static final String ENCODER = "httpEncoder";

    /** Handles {@code Upgrade: h2c}, badly. Obsolete (RFC 9113 section 3.1), and may always be ignored. */
    private static final String UPGRADE = "h2c";

    private static final int MAX_LINE_LENGTH = 8 * 1024;
    private static final int MAX_HEADER_SIZE = 16 * 1024;

    @Override
    public void init(VertxBuilder builder) {
        builder.findTransport(this);
    }

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
        ChannelHandler vertx = bootstrap.config().childHandler();
        int maxLineLength = maxLineLength();
        int maxHeaderSize = maxHeaderSize();
        bootstrap.childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(vertx);
                if (!guard(channel.pipeline(), maxLineLength, maxHeaderSize)) {
                    channel.pipeline().addLast(new Later(maxLineLength, maxHeaderSize));
                }
            }
        });
    }

    private static int maxLineLength() {
        return ConfigProvider.getConfig()
                .getOptionalValue("quarkus.http.limits.max-initial-line-length", Integer.class)
                .orElse(MAX_LINE_LENGTH);
    }

    static int maxHeaderSize() {
        return ConfigProvider.getConfig()
                .getOptionalValue("quarkus.http.limits.max-header-size", MemorySize.class)
                .map(size -> size.asBigInteger().intValueExact())
                .orElse(MAX_HEADER_SIZE);
    }

    /** Guards a connection if Vert.x has made it an HTTP/1.1 connection. */
    private static boolean guard(ChannelPipeline pipeline, int maxLineLength, int maxHeaderSize) {
        if (pipeline.get(DECODER) == null) {
            return false;
        }
        RequestDecoder decoder = new RequestDecoder(maxLineLength, maxHeaderSize, pipeline.get(UPGRADE) != null);
        pipeline.replace(DECODER, DECODER, decoder);
        pipeline.addAfter(ENCODER, "guard", new ConnectionGuard(decoder));
        return true;
    }

    /** Waits for the first bytes after a TLS handshake or a preface: then Vert.x has chosen the protocol. */
    private static final class Later extends ChannelInboundHandlerAdapter {

        private final int maxLineLength;
        private final int maxHeaderSize;

        Later(int maxLineLength, int maxHeaderSize) {
            this.maxLineLength = maxLineLength;
            this.maxHeaderSize = maxHeaderSize;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            // Over HTTP/2 there is no decoder, and nothing to guard.
            guard(ctx.pipeline(), maxLineLength, maxHeaderSize);
            ctx.fireChannelRead(bytes);
            ctx.pipeline().remove(this);
        }
    }
}
