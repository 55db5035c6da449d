/** How errors look on the wire: problem documents (RFC 9457) and OAuth errors. */
@NullMarked
package dev.tokencache.http.error;

import org.jspecify.annotations.NullMarked;
