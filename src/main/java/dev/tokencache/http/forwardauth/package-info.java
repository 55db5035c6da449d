/** Forward-auth for web servers: a status code and identity headers instead of a body. */
@NullMarked
package dev.tokencache.http.forwardauth;

import org.jspecify.annotations.NullMarked;
