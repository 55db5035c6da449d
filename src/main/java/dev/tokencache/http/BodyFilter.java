package dev.tokencache.http;

import dev.tokencache.http.json.ContentTooLargeException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ResourceInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jboss.resteasy.reactive.server.spi.ServerHttpRequest;

/**
 * Reads the body that {@link Body} declares. Refuses other media types, and bodies over the limit even if
 * {@code Content-Length} is absent or wrong.
 *
 * <p>The framework has only one limit for all methods, answers a body over it without a problem document, and moves a body over
 * 10 KB to another thread.
 */
public final class BodyFilter {

    @ServerRequestFilter(priority = Priorities.ENTITY_CODER)
    Uni<Void> read(ResteasyReactiveContainerRequestContext context, ResourceInfo resource) {
        Body body = resource.getResourceMethod().getAnnotation(Body.class);
        if (body == null) {
            return Uni.createFrom().voidItem();
        }
        ServerHttpRequest request =
                ((ResteasyReactiveRequestContext) context.getServerRequestContext()).serverRequest();
        if (!BodyHeaders.announceBody(request)) {
            context.setEntityStream(new ByteArrayInputStream(new byte[0]));
            return Uni.createFrom().voidItem();
        }
        BodyHeaders.check(request, body);
        return Uni.createFrom()
                .<byte[]>emitter(emitter -> request.setReadListener(new Reading(request, body.limit(), emitter)))
                .invoke(bytes -> context.setEntityStream(new ByteArrayInputStream(bytes)))
                .replaceWithVoid();
    }

    /** @throws ContentTooLargeException if a body is longer than its limit */
    public static void checkLength(long length, int limit) {
        if (length > limit) {
            throw new ContentTooLargeException("the body must have at most " + limit + " bytes");
        }
    }

    /** Collects one body. Confined to the event loop of its connection. */
    private static final class Reading implements ServerHttpRequest.ReadCallback {

        private final ServerHttpRequest request;
        private final int limit;
        private final UniEmitter<? super byte[]> result;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private long length;

        Reading(ServerHttpRequest request, int limit, UniEmitter<? super byte[]> result) {
            this.request = request;
            this.limit = limit;
            this.result = result;
        }

        @Override
        public void data(ByteBuffer part) {
            boolean wasWithinLimit = length <= limit;
            length += part.remaining();
            if (length <= limit) {
                body.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
            } else if (wasWithinLimit) {
                refuse();
            }
        }

        private void refuse() {
            body.reset();
            try {
                checkLength(length, limit);
            } catch (ContentTooLargeException tooLarge) {
                result.fail(tooLarge);
            }
        }

        @Override
        public void done() {
            if (length <= limit) {
                result.complete(body.toByteArray());
            }
        }
    }
}
