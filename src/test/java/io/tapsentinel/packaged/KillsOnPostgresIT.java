package io.tapsentinel.packaged;

import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Kills on PostgreSQL. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class KillsOnPostgresIT extends KillsIT {}
