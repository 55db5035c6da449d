/** The OAuth dialect: introspection (RFC 7662), revocation (RFC 7009) and metadata (RFC 8414). */
@NullMarked
package dev.tokencache.http.oauth;

import org.jspecify.annotations.NullMarked;
