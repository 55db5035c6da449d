/** {@code POST /v1/admin/reload}, in {@link dev.tokencache.reload.http.ReloadResource}. */
@NullMarked
package dev.tokencache.reload.http;

import org.jspecify.annotations.NullMarked;
