/** Connections to single Redis nodes with an operator's credentials. Knows nothing of tokens. */
@NullMarked
package dev.tokencache.operator.nodes;

import org.jspecify.annotations.NullMarked;
