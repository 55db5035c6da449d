/** The command {@code doctor}: the same checks before there is a service, on files, or through a running service. */
@NullMarked
package dev.tokencache.operator.doctor.cli;

import org.jspecify.annotations.NullMarked;
