/**
 * AMD GPUs that are a part of a processor, by the ids that the driver itself marks as such. Later parts carry no mark;
 * on the bus they are known by AMD's security processor in the same slot, see `pci.ts`.
 */
const deviceIds =
  /^(13(0[4-9a-f]|1[0-8abcd]|c0|fe)|14(35|3f)|150[69ef]|158[67]|15(bf|c8|d8|dd)|16(36|38|3f|4[cde]|81)|190[01]|1114|98[37-9][0-9a-f]|984[0-9a-f]|985[0-9a-f]|987[0-9a-f]|98e4)$/;

/** Their names as ROCm's tools print them: the chip's, or the product's ("Radeon 780M", "Radeon 8060S Graphics"). */
const names =
  /^(AMD |Advanced Micro Devices.* )*(Raven|Picasso|Renoir|Lucienne|Cezanne|Barcelo|Rembrandt|Raphael|Mendocino|Phoenix\d?|Hawk ?Point\d?|Strix( Halo)?|Krackan|Granite Ridge|Dragon Range|Van ?Gogh|Kaveri|Carrizo|Stoney)\b|\bRadeon (6[0-9]0M|7[0-9]0M|8[0-9]0M|80[0-9]0S)\b|\bRadeon (Vega \d+ |\(TM\) )?Graphics$/i;

/** @param deviceId four hexadecimal digits, with or without `0x`; empty where it is not known */
export function isProcessorPart(name: string | null, deviceId: string): boolean {
  const id = deviceId.toLowerCase().replace(/^0x/, '');
  return deviceIds.test(id) || (name !== null && names.test(name));
}
