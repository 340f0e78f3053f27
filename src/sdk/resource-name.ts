/** Short names: `production/DATABASE_URL` is `vsecure://secrets/production/DATABASE_URL`. What has a scheme is left as it is. */

export const fullName = (name: string): string =>
  name.includes('://') ? name : `vsecure://secrets/${name}`;
