/**
 * What happens on an HTTP/1.1 connection before a route sees a request: strict framing, limits and deadlines.
 *
 * <p>Start reading at {@code ConnectionGuard}. It promises that each request gets an answer, that no byte of one request is
 * read as part of another, and that a slow client loses its connection.
 */
@NullMarked
package dev.tokencache.http.connection;

import org.jspecify.annotations.NullMarked;
