/** The store of the installation: one row that identifies this database and its master key. */

export interface Installation {
  readonly id: string;
  /** Proves that the server has the master key with which this database was sealed. */
  readonly keyCheck: Uint8Array;
}

export interface InstallationReads {
  find(): Promise<Installation | undefined>;
}

export interface Installations extends InstallationReads {
  insert(installation: Installation): Promise<void>;
}
