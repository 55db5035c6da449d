/** {@code doctor}: reads facts from every node, and judges them by checks with stable codes. */
@NullMarked
package dev.tokencache.operator.doctor;

import org.jspecify.annotations.NullMarked;
