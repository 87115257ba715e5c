package io.tapsentinel.packaged;

import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** A refused table on PostgreSQL. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class RefusedTableOnPostgresIT extends RefusedTableIT {}
